"""The school's calendar: when it is closed."""
