"""What /openapi.json promises is what the interface does."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import httpx
import pytest
import schemathesis
from hypothesis import HealthCheck, given, settings
from hypothesis.errors import Unsatisfiable
from schemathesis import GenerationMode
from schemathesis.checks import not_a_server_error
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    ignored_auth,
    missing_required_header,
    response_schema_conformance,
    status_code_conformance,
    unsupported_method,
)

from tests.web_stage import Site, begin
from web.dependencies import Limits
from web.server.limits import RateLimiter

pytest_plugins = ["tests.web_fixtures"]

CHECKS = [
    not_a_server_error,
    status_code_conformance,
    content_type_conformance,
    response_schema_conformance,
    missing_required_header,
    unsupported_method,
    ignored_auth,
]


@pytest.fixture
def interface(site: Site) -> schemathesis.BaseSchema:
    """The schema of the running website, with limits out of the way."""
    app = site.app
    wide = Limits(messages=RateLimiter(1e6, 10**6), sessions=RateLimiter(1e6, 10**6))
    app.state.services = replace(app.state.services, limits=wide)
    return schemathesis.openapi.from_url(f"{site.url}/openapi.json")


@pytest.mark.parametrize("mode", list(GenerationMode))
def test_the_interface_does_what_it_promises(
    interface: schemathesis.BaseSchema, site: Site, mode: GenerationMode
) -> None:
    tried = set()
    with site.client() as http:
        for result in interface.get_all_operations():
            operation: Any = result.ok()  # type: ignore[union-attr]

            @given(operation.as_strategy(generation_mode=mode))
            @settings(max_examples=25, deadline=None, suppress_health_check=list(HealthCheck))
            def holds(case: schemathesis.Case[Any]) -> None:
                headers = begin(http).headers
                case.call_and_validate(headers=headers, checks=CHECKS)

            try:
                holds()
            except Unsatisfiable:
                assert mode is GenerationMode.NEGATIVE, "nothing to get wrong without parameters"
            tried.add(operation.label)
    assert "POST /api/chat/messages" in tried
    assert len(tried) == 8


def test_every_problem_has_a_dutch_detail(http: httpx.Client) -> None:
    described = http.get("/openapi.json").json()
    for path, operations in described["paths"].items():
        if not path.startswith("/api/"):
            continue
        for name, operation in operations.items():
            for status, response in operation["responses"].items():
                if int(status) >= 400 or status == "202":
                    reference = response["content"]["application/json"]["schema"]["$ref"]
                    assert reference.endswith("/ProblemBody"), (path, name, status)
