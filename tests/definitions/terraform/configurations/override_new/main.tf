output "all" { value = local.a }
