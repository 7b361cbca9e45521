"""Adapters: one folder for each cloud, and `local` for plain folders; no cloud imports another."""
