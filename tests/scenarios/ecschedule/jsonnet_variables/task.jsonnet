local tag = import 'tag.libsonnet';
{
  family: 'report',
  containerDefinitions: [{ name: 'main', image: 'report:' + tag, memory: 64 }],
}
