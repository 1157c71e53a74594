"""The installation's operator: makes schools, and sees none of their data."""
