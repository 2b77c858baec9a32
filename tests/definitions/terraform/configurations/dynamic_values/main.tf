locals {
  raw = [
    { name = "b", env = { X = 1, Y = true } },
    { name = "a", env = {} },
    { name = "c" , env = { Z = null } },
  ]
  by_name = { for r in local.raw : r.name => merge({ D = "d" }, r.env) }
  flat = flatten([for r in local.raw : [for k, v in r.env : { job = r.name, key = k, value = v }]])
  pairs = { for f in local.flat : "${f.job}.${f.key}" => f.value }
  grouped = { for f in local.flat : f.job => f.key... }
  cond = { for k, v in local.by_name : k => v if length(v) > 1 }
  nested = { for k, v in local.by_name : upper(k) => { for kk, vv in v : lower(kk) => vv == null ? "none" : tostring(vv) } }
  set = toset([for f in local.flat : f.job])
  sorted = sort([for f in local.flat : "${f.key}=${f.value == null ? "" : f.value}"])
  zip = zipmap([for r in local.raw : r.name], [for r in local.raw : length(r.env)])
  tr = transpose({ for r in local.raw : r.name => keys(r.env) })
}
output "all" { value = [local.by_name, local.flat, local.pairs, local.grouped, local.cond, local.nested, local.set, local.sorted, local.zip, local.tr] }
