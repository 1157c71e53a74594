"""Spreadsheets: counts for organisers, texts for leaders."""
