"""Seeing inside: metrics for Prometheus, traces for OpenTelemetry. Neither holds what was asked."""
