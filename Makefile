# `make` shows what there is. ARGS is handed on: make demo ARGS="--scenario lien-thong", make test ARGS='-k worklist'.

SHELL := /bin/bash
.DEFAULT_GOAL := help
VENV := .venv/bin
PYTEST := $(VENV)/pytest
FAST := tests/unit tests/contract tests/architecture
ARGS ?=
# How many processes run tests; 0 runs them in one, for a debugger.
WORKERS ?= 2
# Tests of the full stack share one, whose processes fill the machine: they run after the others, by themselves.
IN_PARALLEL := -n $(WORKERS) --dist loadfile

.PHONY: help demo test test-fast images-offline up down status bench faults lint format lock python-base python-dev

help: ## Các lệnh / what there is
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  make %-10s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

demo: python-base ## Chạy thử một tỉnh trong một tiến trình / run a province in one process; needs only Python
	@$(VENV)/lienthong demo $(ARGS)

test: python-dev ## Toàn bộ kiểm thử, PostgreSQL và RabbitMQ thật / all tests, on real PostgreSQL and RabbitMQ
	@deploy/install/servers.sh
	@deploy/install/test-packages.sh
	@$(PYTEST) $(IN_PARALLEL) -m 'not end_to_end or embedded' $(ARGS); most=$$?; \
	$(PYTEST) -m 'end_to_end and not embedded' $(ARGS); stack=$$?; \
	$(if $(ARGS),case "$$most$$stack" in (05|50) exit 0;; esac;) exit $$((most > stack ? most : stack))

test-fast: python-dev ## Kiểm thử nhanh, không cần máy chủ / the tests that need no server
	@$(PYTEST) $(IN_PARALLEL) -m 'not integration and not consistency and not end_to_end and not slow' \
		-k 'not postgres and not rabbit' $(wildcard $(FAST)) $(ARGS)

images-offline: ## Tạo ảnh từ gói của bản phân phối, không cần registry / images without a registry; root, Debian or Ubuntu
	@deploy/offline/images.sh $(ARGS)

up: python-base ## Bật cả hệ thống trên máy này / start the full stack on this machine
	@deploy/install/servers.sh
	@$(VENV)/lienthong up $(ARGS)

down: python-base ## Tắt hệ thống / stop it
	@$(VENV)/lienthong down $(ARGS)

status: python-base ## Hệ thống đang ra sao / how it is doing
	@$(VENV)/lienthong status $(ARGS)

bench: python-dev ## Đo tốc độ, bên cạnh các công cụ khác / measure, beside peers
	@deploy/install/servers.sh
	@$(VENV)/lienthong bench $(ARGS)

faults: python-dev ## Gây từng sự cố, viết docs/reliability.md / every fault at full length; writes docs/reliability.md
	@deploy/install/servers.sh
	@deploy/install/test-packages.sh prometheus
	@$(PYTEST) tests/end_to_end/reliability --faults full --faults-to docs/reliability.json $(ARGS)
	@$(VENV)/python -m deploy.reliability

lint: python-dev ## Kiểm tra mã nguồn / check format, style, types and imports
	@$(VENV)/ruff format --check --quiet . || { echo 'Run: make format'; exit 1; }
	@$(VENV)/ruff check --quiet .
	@$(VENV)/mypy
	@$(VENV)/lint-imports --no-cache

format: python-dev ## Định dạng mã nguồn / format and repair what can be repaired by machine
	@$(VENV)/ruff check --fix --quiet . || true
	@$(VENV)/ruff format .

lock: ## Khoá lại các gói Python / lock the Python packages again (ARGS=--upgrade for newer ones)
	@deploy/install/lock.sh $(ARGS)

python-base:
	@deploy/install/python.sh base

python-dev:
	@deploy/install/python.sh dev
