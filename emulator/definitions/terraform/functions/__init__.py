"""Terraform's functions, by kind: each module has a literal table of its own."""
