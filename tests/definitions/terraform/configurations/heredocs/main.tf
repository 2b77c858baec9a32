locals {
  items = { b = "second", a = "first" }
  plain = <<EOT
  kept  
	tab ${"x"}
EOT
  flush = <<-EOT
    four
      six ${local.items.a}

	tab
  two
    EOT
  flush_with_value_first = <<-EOT
    ${local.items.a}
      deeper
    EOT
  flush_at_left = <<-EOT
${"left"}
    four
  EOT
  lone = <<EOT
  ${~ true ~}
  EOT
  list_of_one = "${[1]}"
  loop = <<-EOT
    %{ for key, item in local.items ~}
    ${key}: ${item}
    %{ endfor ~}
    end
  EOT
  loop_kept = <<-EOT
    %{ for key, item in local.items }
    ${key}
    %{ endfor }
  EOT
  choice = <<-EOT
    a
    %{ if local.items.a == "first" ~}
      yes
    %{ else ~}
      no
    %{ endif ~}
    z
  EOT
  nested = <<-EOT
    %{ for x in ["1", "2"] ~}
    %{ if x == "1" ~}
    one: ${<<-INNER
      inner ${x}
    INNER
    }
    %{~ endif ~}
    %{ endfor ~}
  EOT
  escapes = <<EOT
$${a} %%{b} \n \" $a %b $$ %% 日本
EOT
  empty = <<EOT
EOT
  json = <<-JSON
    [{"name": "main", "command": ["sh", "-c", "echo $${HOME} ${local.items.b}"]}]
  JSON
}
output "all" {
  value = {
    plain = local.plain, flush = local.flush, value_first = local.flush_with_value_first, left = local.flush_at_left
    lone  = local.lone, one = local.list_of_one, loop = local.loop, kept = local.loop_kept, choice = local.choice
    nested = local.nested, escapes = local.escapes, empty = local.empty, json = jsondecode(local.json)
  }
}
