"""The clockwork: what makes rules fire at their second."""
