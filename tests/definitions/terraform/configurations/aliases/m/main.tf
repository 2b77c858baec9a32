output "v" { value = "m" }
