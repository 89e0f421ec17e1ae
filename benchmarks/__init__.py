"""Measure what the README's numbers were measured with."""
