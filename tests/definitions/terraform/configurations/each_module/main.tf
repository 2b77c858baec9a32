module "job" {
  source   = "./job"
  for_each = { b = { size = 2, tags = ["x"] }, a = { size = 1, tags = [] } }
  name     = each.key
  size     = each.value.size
  tags     = each.value.tags
}
locals { keys = keys(module.job) }
output "all" {
  value = {
    one   = module.job["a"].full
    dyn   = module.job[local.keys[1]].full
    each  = { for k, m in module.job : k => m.size }
    vals  = values(module.job)[*].full
    whole = module.job
    count = length(module.job)
    has   = contains(keys(module.job), "c") ? module.job["c"].full : "none"
    try   = try(module.job["c"].full, "absent")
  }
}
