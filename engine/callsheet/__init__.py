"""Callsheet: campaigns for hosted generative models, as a YAML file in git."""

__version__ = "0.1.0"
