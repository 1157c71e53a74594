"""Access log and audit log."""
