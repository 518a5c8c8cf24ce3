"""Configuration: Distribution's file, its environment overrides, and errors that point at the line.

`load_configuration` is the way in. Importing this package imports neither PyYAML nor pydantic: both are slow, and
a start without a configuration file needs only the second.
"""

from moorage.config._durations import format_duration, parse_duration
from moorage.config._load import load_configuration
from moorage.config._model import Configuration
from moorage.config._storage import StorageConfiguration, UploadPurging

__all__ = [
    "Configuration",
    "StorageConfiguration",
    "UploadPurging",
    "format_duration",
    "load_configuration",
    "parse_duration",
]
