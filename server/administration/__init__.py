"""What an admin looks at and decides: people, guardians, groups, the school itself, and who did what."""
