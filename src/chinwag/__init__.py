"""Turn Twitter data into conversations a language model can be trained on."""

__version__ = "0.1.0"
