terraform {
  required_version = ">= 1.0"
}
moved {
  from = terraform_data.old
  to   = terraform_data.new
}
removed {
  from = terraform_data.gone
  lifecycle { destroy = false }
}
check "health" {
  assert {
    condition     = local.ok
    error_message = "not ok"
  }
}
resource "terraform_data" "new" {
  input = "x"
  lifecycle {
    precondition {
      condition     = local.ok
      error_message = "no"
    }
  }
}
locals { ok = true }
output "all" {
  value = "${local.ok}"
  precondition {
    condition     = local.ok
    error_message = "bad"
  }
}
