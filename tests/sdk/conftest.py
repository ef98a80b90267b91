"""Fixtures: endpoints that are gone when their test is."""

import pathlib
import sys

import pytest

sys.path.insert(0, str(pathlib.Path(__file__).parent))

from endpoint import Endpoint  # noqa: E402


@pytest.fixture
def serve():
    """Starts endpoints: `serve(*flags, world=..., store=...)`."""
    endpoints = []

    def start(*flags, **options):
        endpoints.append(Endpoint(*flags, **options))
        return endpoints[-1]

    yield start
    for endpoint in endpoints:
        endpoint.close()
