/** oclif's own way to shell completion, which `completion` replaces: it stays, and says so. */
// The package exports no command; the bundle takes its others from there, too (scripts/bundle.ts).
import Autocomplete from '../../node_modules/@oclif/plugin-autocomplete/lib/commands/autocomplete/index.js';

export default class DeprecatedAutocomplete extends Autocomplete {
  static override readonly state = 'deprecated';
  static override readonly deprecationOptions = {
    message: 'autocomplete is deprecated: use todo-k8s completion.',
  };
  static override readonly description =
    'Deprecated: use todo-k8s completion, which also completes ids, scenarios, contexts and namespaces.';
}
