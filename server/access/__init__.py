"""Access without a provider: invitations, mailed codes, passkeys and the second factor."""
