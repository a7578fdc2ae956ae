"""Turning text into vectors."""

import os

# ONNX Runtime reports to its maker over the network, and keeps what it has yet to send in the home
# of its user, unless this stands in the environment when it is first imported. All who run a
# network come through this package.
os.environ.setdefault("ORT_DISABLE_TELEMETRY", "1")
