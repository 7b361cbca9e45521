"""Archived objects to digests, tallies and manifests."""
