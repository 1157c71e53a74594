"""Sign-in with the school's own account."""
