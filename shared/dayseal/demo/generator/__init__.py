"""Realistic Kubernetes audit-log archives of EKS, GKE and AKS, from a seed.

An independent second opinion: it shares no code with the readers of archives, so what they read
here was written from the providers' documentation and captured samples, not from their own source.
"""

from dayseal.demo.generator.archive import generate_archive
from dayseal.demo.generator.corpus import Corpus, Shape, write_corpus
from dayseal.demo.generator.planted import LateObject, Notable, Outage, Planted

__all__ = [
    "Corpus",
    "LateObject",
    "Notable",
    "Outage",
    "Planted",
    "Shape",
    "generate_archive",
    "write_corpus",
]
