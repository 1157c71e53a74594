"""The group board: students and subjects of a home group at a glance, and what was decided about each student."""
