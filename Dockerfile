# The image of server, worker and migrations: one wheel and the packages it was tested with. `make dist` makes both.
FROM python:3.13-slim

ENV PYTHONUNBUFFERED=1 \
    PIP_NO_CACHE_DIR=1 \
    DRIEHOEK_MODE=production \
    DRIEHOEK_HOST=0.0.0.0 \
    DRIEHOEK_DATA=/var/lib/driehoek

COPY dist/ /tmp/dist/
RUN pip install --require-hashes --only-binary :all: -r /tmp/dist/requirements.txt \
 && pip install --no-deps /tmp/dist/*.whl \
 && rm -r /tmp/dist \
 && useradd --system --home-dir /var/lib/driehoek --create-home driehoek

USER driehoek
WORKDIR /var/lib/driehoek
EXPOSE 8000
CMD ["driehoek", "serve"]
