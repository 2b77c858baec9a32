terraform {
  source = "git::https://example.com/modules.git//job"
}

inputs = {
  schedule = "rate(1 hour)"
}
