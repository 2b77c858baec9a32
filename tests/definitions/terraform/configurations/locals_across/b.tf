locals { b = local.c * 2 }
locals { more = ["m", local.name] }
output "all" { value = { a = local.a, b = local.b, c = local.c, list = local.list, env = local.by_env[terraform.workspace] } }
