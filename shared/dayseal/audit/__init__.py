"""Kubernetes audit events and the archive shapes they come in."""
