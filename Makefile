# The whole workflow. `make help` lists it; each target sets up what it needs.
PYTHON_BIN := .venv/bin/python
PYTEST := $(PYTHON_BIN) -m pytest
# More than two cores: tests wait for servers a third of their time.
WORKERS ?= 3
# By file, in the order that tests/conftest.py gives.
SIDE_BY_SIDE = -n $(WORKERS) --dist loadfile --no-loadscope-reorder
PORT ?= 8360
SCORES ?= letters documents
SCORER ?= $(DATA)/../tools/score.py
# What `make score-generated` makes: half practice or scored, how many, which kinds of file.
HALF ?= practice
COUNT ?= 100
KINDS ?= pdf,docx

.PHONY: help run test check bench torture mutations score score-by-issuer score-generated score-packages score-screening setup-run setup-test setup-check

help:
	@echo 'make run                chạy cơ quan mẫu: hộp thư, tài khoản, thư đến (PORT=8360)'
	@echo 'make test               cài máy chủ thật rồi chạy mọi kiểm thử, trừ kiểm thử chịu lỗi (ARGS=… chuyển cho pytest)'
	@echo 'make check              kiểu chữ, kiểu dữ liệu, quy tắc của ngôi nhà, độ dài tệp và hàm'
	@echo 'make torture            kiểm thử chịu lỗi với số lần đầy đủ (SAMPLE=1: bản ngắn)'
	@echo 'make bench              đo tốc độ và bộ nhớ, ghi vào bench/results/'
	@echo 'make mutations          phá từng lời hứa trong một bản sao, kiểm thử phải bắt được'
	@echo 'make score DATA=THƯ_MỤC chấm điểm «congvan read» trên dữ liệu có nhãn'
	@echo 'make score-by-issuer DATA=THƯ_MỤC  cũng thế, theo loại tệp, tên loại, cơ quan ban hành'
	@echo 'make score-packages DATA=THƯ_MỤC  chấm việc đọc gói edXML có nhãn (edxml.jsonl)'
	@echo 'make score-screening    thư tự sinh: có dấu mật thì không lọt, nói chuyện mật thì không chặn (COUNT=500)'
	@echo 'make score-generated DATA=THƯ_MỤC  chấm trên văn bản tự sinh (HALF=practice|scored COUNT=100 KINDS=pdf,docx,scan)'

run: setup-run
	@$(PYTHON_BIN) congvan.py demo --port $(PORT)

test: setup-test
	$(PYTEST) $(SIDE_BY_SIDE) -m 'not torture' $(ARGS)

check: setup-check
	$(PYTHON_BIN) -m ruff check .
	$(PYTHON_BIN) -m ruff format --check .
	$(PYTHON_BIN) -m mypy
	$(PYTHON_BIN) -m mypy tests/core/conftest.py
	$(PYTHON_BIN) -m mypy tests/ingest/reading/conftest.py
	PYTHONPATH=.setup/linter .setup/linter/bin/lint-imports
	$(PYTHON_BIN) scripts/house_rules.py

torture: setup-test
	COUNT=$(if $(SAMPLE),short,full) $(PYTEST) $(SIDE_BY_SIDE) -m torture $(ARGS)

bench: setup-test
	@mkdir -p bench/results
	@for script in bench/*.py; do echo "== $$script"; $(PYTHON_BIN) $$script $(ARGS) || exit 1; done

mutations: setup-test
	$(PYTHON_BIN) scripts/mutations.py $(ARGS)

score: setup-run
	@test -n '$(DATA)' || { echo 'Cách dùng: make score DATA=THƯ_MỤC [SCORER=TỆP] [SCORES="letters documents"]'; exit 64; }
	@for kind in $(SCORES); do $(PYTHON_BIN) '$(SCORER)' $$kind '$(DATA)' --command '$(CURDIR)/.venv/bin/congvan'; done

score-generated: setup-test
	@test -f '$(SCORER)' || { echo 'Cách dùng: make score-generated DATA=THƯ_MỤC hoặc SCORER=TỆP'; exit 64; }
	@folder=$$(mktemp -d) && trap 'rm -rf "$$folder"' EXIT && \
	$(PYTHON_BIN) -m tests.generator "$$folder" --half $(HALF) --count $(COUNT) --kinds $(KINDS) && \
	$(PYTHON_BIN) '$(SCORER)' documents "$$folder" --command '$(CURDIR)/.venv/bin/congvan' $(ARGS)

score-screening: setup-test
	@folder=$$(mktemp -d) && trap 'rm -rf "$$folder"' EXIT && \
	$(PYTHON_BIN) -m tests.generator "$$folder" --mode secrecy --half $(HALF) --count $(COUNT) && \
	$(PYTHON_BIN) -m tests.generator.screening_score "$$folder" --command '$(CURDIR)/.venv/bin/congvan' $(ARGS)

score-packages: setup-run
	@test -f '$(DATA)/edxml.jsonl' || { echo 'Cách dùng: make score-packages DATA=THƯ_MỤC (có edxml.jsonl)'; exit 64; }
	@$(PYTHON_BIN) -m scripts.package_score '$(DATA)'

score-by-issuer: setup-run
	@test -n '$(DATA)' || { echo 'Cách dùng: make score-by-issuer DATA=THƯ_MỤC'; exit 64; }
	@$(PYTHON_BIN) -m tests.generator.by_trap '$(DATA)' --command '$(CURDIR)/.venv/bin/congvan'

setup-run setup-test setup-check: setup-%:
	@scripts/setup.sh $*
