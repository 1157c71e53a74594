"""Notices, push subscriptions and deliveries."""
