"""The composition root: settings become a wired emulator with the operations front ends offer."""
