variable "s" {
  type    = set(string)
  default = ["b", "a", "b"]
}
variable "o" {
  type    = set(object({ n = number, s = optional(string, "z") }))
  default = [{ n = 2 }, { n = 1, s = "q" }, { n = "2" }]
}
module "m" {
  source   = "./m"
  for_each = var.s
  k = each.key
  v = each.value
}
output "all" { value = [var.s, var.o, module.m, [for s in var.s : s], { for s in var.s : s => upper(s) }, tolist(var.s)[0], sort(var.s), length(var.o), one(toset(["x"])), setsubtract(var.s, ["a"])] }
