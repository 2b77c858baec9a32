locals {
  files = { for f in fileset("${path.module}/jobs", "*.{yml,yaml}") : trimsuffix(trimsuffix(f, ".yaml"), ".yml") => yamldecode(file("${path.module}/jobs/${f}")) }
  jobs = { for k, v in local.files : k => merge({ cpu = 256, enabled = true }, v) }
  on = { for k, v in local.jobs : k => v if try(v.enabled, true) }
  csv = csvdecode(file("jobs.csv"))
  json = jsondecode(file("jobs.json"))
}
output "all" { value = [local.on, local.csv, local.json, keys(local.files)] }
