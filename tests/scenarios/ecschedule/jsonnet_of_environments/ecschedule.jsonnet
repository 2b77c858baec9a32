local environments = import 'jobs/registry.jsonnet';
local config = environments[std.extVar('ENV')];

{
  region: 'ap-northeast-1',
  cluster: config.cluster,
  rules: config.rules,
}
