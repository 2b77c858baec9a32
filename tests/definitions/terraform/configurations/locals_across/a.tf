locals {
  a = local.b + 1
  list = concat(local.more, ["a"])
}
