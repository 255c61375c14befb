# One image for the web server, the worker and the clock; docker-compose.yml says which is which.
FROM python:3.13-slim

ENV PYTHONUNBUFFERED=1 \
    DATA_DIR=/srv/data

WORKDIR /srv/app

# First, since it changes less often than the code. pyproject.toml says how it is made.
COPY requirements-server.lock .
RUN pip install --no-cache-dir --require-hashes --no-deps -r requirements-server.lock

COPY . .
# Static files belong to the image. The command wants addresses but calls nobody.
RUN DATABASE_URL=postgres://none/none BROKER_URL=redis://none SECRET_KEY=none \
    python manage.py collectstatic --no-input && \
    chmod -R a+rX /srv

# Nobody in particular, who can change nothing above.
USER 10001:10001
