"""Configuration: Distribution's file, its environment overrides, and errors that point at the line."""
