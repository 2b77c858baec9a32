"""CloudWatch Logs as files: log groups, streams and events in a directory."""
