variable "n" { default = 3 }
module "job" {
  source = "./job"
  count  = var.n
  name   = "job${count.index}"
  prior  = count.index == 0 ? null : "job${count.index - 1}"
}
output "all" {
  value = {
    names = module.job[*].name
    last  = try(module.job[length(module.job) - 1].name, null)
    first = one(slice(module.job, 0, min(1, var.n))[*].name)
    all   = [for i, m in module.job : "${i}:${m.name}:${coalesce(m.prior, "-")}"]
    mods  = module.job
  }
}
