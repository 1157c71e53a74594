"""People: the signed-in person, relations to students, names."""
