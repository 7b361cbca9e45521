"""dayseal: daily, verifiable attestations of Kubernetes audit-log archives."""

__version__ = "0.1.0"
