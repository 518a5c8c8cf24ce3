"""The content-addressable blob store: registries, repositories, uploads and the blob writer."""
