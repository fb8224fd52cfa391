"""The parts of production: docker-compose.yml, the image, the proxy, and their guide.

Nothing is started, so no container engine is needed.
"""

import re
from pathlib import Path

import pytest
import yaml

from dev.steps import OURS

ROOT = Path(__file__).resolve().parents[2]
COMPOSE = (ROOT / "docker-compose.yml").read_text()
SERVICES = yaml.safe_load(COMPOSE)["services"]
NETWORKS = yaml.safe_load(COMPOSE)["networks"]
OWN = {"web", "live", "worker", "migrate"}
LASTING = SERVICES.keys() - {"migrate"}
CADDYFILE = (ROOT / "deploy" / "Caddyfile").read_text()
GUIDE = (ROOT / "docs" / "running.md").read_text()


def variables(text):
    """Return the names of the variables that are read from .env."""
    return set(re.findall(r"\$\{([A-Z_]+)", text))


def test_all_services_exist():
    assert SERVICES.keys() == OWN | {"postgres", "redis", "proxy"}


def test_images_have_a_name_and_a_version_but_no_registry():
    for name in SERVICES.keys() - OWN:
        assert re.fullmatch(r"[a-z]+:\d+", SERVICES[name]["image"])
    assert {SERVICES[name]["image"] for name in OWN} == {"${MESSAGEHUB_IMAGE:-messagehub}"}


def test_no_secret_has_a_default():
    for name in ("SITE_URL", "SECRET_KEY", "POSTGRES_PASSWORD"):
        uses = re.findall(rf"\$\{{{name}(.*)", COMPOSE)
        assert uses
        assert all(use.startswith(f":?Set {name} in .env to ") for use in uses)
    secrets = {
        name: str(value)
        for service in SERVICES.values()
        for name, value in service.get("environment", {}).items()
        if re.search("SECRET|PASSWORD|KEY|TOKEN", name)
    }
    assert {"SECRET_KEY", "POSTGRES_PASSWORD"} <= secrets.keys()
    assert [name for name, value in secrets.items() if not value.startswith("${")] == []


def test_migrations_run_before_everything_else():
    assert SERVICES["migrate"]["depends_on"] == {"postgres": {"condition": "service_healthy"}}
    assert "migrate" in SERVICES["migrate"]["command"]
    for name in OWN - {"migrate"}:
        waits_for = SERVICES[name]["depends_on"]["migrate"]["condition"]
        assert waits_for == "service_completed_successfully"


def test_pages_do_not_wait_for_redis():
    for name in OWN - {"migrate"}:
        assert SERVICES[name]["depends_on"]["redis"]["condition"] == "service_started"


@pytest.mark.parametrize("name", sorted(LASTING))
def test_services_restart_and_have_health_checks(name):
    service = SERVICES[name]
    assert service["restart"] == "unless-stopped"
    assert service["healthcheck"]["test"][0] == "CMD"
    assert service["logging"]["options"]["max-size"]


@pytest.mark.parametrize("name", sorted(OWN))
def test_our_processes_have_few_privileges(name):
    service = SERVICES[name]
    assert service["read_only"]
    assert service["cap_drop"] == ["ALL"]
    assert service["security_opt"] == ["no-new-privileges:true"]
    assert "ports" not in service


def test_only_the_proxy_is_reachable_from_outside():
    assert [name for name, service in SERVICES.items() if "ports" in service] == ["proxy"]
    assert SERVICES["proxy"]["networks"] == ["outside"]
    assert SERVICES["postgres"]["networks"] == SERVICES["redis"]["networks"] == ["inside"]
    assert NETWORKS["inside"]["internal"]


def test_redis_evicts_nothing():
    assert "--maxmemory-policy noeviction" in SERVICES["redis"]["command"]
    assert "--maxmemory ${REDIS_MEMORY:-" in SERVICES["redis"]["command"]


def test_compose_only_sets_known_settings():
    known = {*OURS, "PGPASSWORD"}
    for name in OWN:
        assert SERVICES[name]["environment"].keys() <= known


def test_the_example_has_all_variables_of_compose():
    example = dict(
        line.split("=", 1)
        for line in (ROOT / ".env.example").read_text().splitlines()
        if line and not line.startswith("#")
    )
    assert {"SITE_URL", "SECRET_KEY", "POSTGRES_PASSWORD"} <= example.keys() <= variables(COMPOSE)
    assert example["SECRET_KEY"] == example["POSTGRES_PASSWORD"] == ""


@pytest.mark.parametrize("name", sorted({*OURS, *variables(COMPOSE)} - {"DJANGO_SETTINGS_MODULE"}))
def test_every_setting_is_documented(name):
    assert f"| `{name}` |" in GUIDE


def test_the_image_runs_unprivileged_and_installs_only_pinned_packages():
    lines = (ROOT / "Dockerfile").read_text()
    assert re.findall(r"^FROM (\S+)", lines, re.MULTILINE) == ["python:3.13-slim"] * 2
    assert re.findall(r"^USER (\S+)", lines, re.MULTILINE) == ["10001"]
    assert "--require-hashes --no-deps --only-binary=:all: -r base.txt" in lines


def test_the_image_contains_no_secrets_and_no_demo():
    ignored = (ROOT / ".dockerignore").read_text().splitlines()
    assert {".*", "demo", "static/demo", "templates/demo"} <= set(ignored)
    assert {"localmail", "static/localmail", "templates/localmail"} <= set(ignored)
    assert not [line for line in ignored if line.startswith("!")]


def test_the_image_contains_the_whole_product():
    ignored = {*(ROOT / ".dockerignore").read_text().splitlines(), "requirements"}
    needed = {"messagehub", "deploy", "static", "templates", "manage.py"}
    needed |= {path.parent.name for path in ROOT.glob("*/apps.py")} - {"demo", "localmail"}
    assert not needed & ignored


def block(start):
    """Return the Caddyfile's block that starts with this line."""
    _, found, rest = CADDYFILE.partition(f"\n\t{start} {{\n")
    assert found
    return rest.partition("\n\t}\n")[0]


def test_the_proxy_sets_forwarded_headers_itself():
    assert "request_header -*_*" in CADDYFILE
    assert "trusted_proxies static {$OTHER_PROXIES}" in CADDYFILE


def test_the_proxy_logs_no_urls():
    fields = {line.strip() for line in block("log").splitlines()}
    assert {"request>uri delete", "request>headers delete"} <= fields


def test_streams_are_neither_compressed_nor_buffered():
    streams = block("handle /live/*")
    assert "dynamic a live 8000" in streams
    assert not re.search(r"encode|buffers|timeout (?!2s)|flush_interval", streams)


def test_pages_are_compressed_and_buffered():
    pages = block("handle")
    assert "dynamic a web 8000" in pages
    assert {"encode zstd gzip", "request_buffers 1MB", "response_buffers 1MB"} <= {
        line.strip() for line in pages.splitlines()
    }


def test_the_proxy_closes_unused_connections_before_the_web_server_does():
    ours = int(re.search(r"--timeout-keep-alive (\d+)", SERVICES["web"]["command"])[1])
    assert int(re.search(r"keepalive (\d+)s", block("handle"))[1]) < ours
