"""The roster: people, groups and enrolments as the school's own administration exports them (OneRoster CSV)."""
