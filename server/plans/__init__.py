"""Plans and agreements."""
