"""Figures for organisers and leaders: counts of whole groups, never a text and never about a few students."""
