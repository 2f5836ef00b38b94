{{- define "todo-k8s.name" -}}
{{- default .Chart.Name .Values.nameOverride | trunc 40 | trimSuffix "-" }}
{{- end }}

{{/* A name of a CronJob has at most 52 characters: what follows it adds up to 12. */}}
{{- define "todo-k8s.fullname" -}}
{{- if .Values.fullnameOverride }}
{{- .Values.fullnameOverride | trunc 40 | trimSuffix "-" }}
{{- else if contains (include "todo-k8s.name" .) .Release.Name }}
{{- .Release.Name | trunc 40 | trimSuffix "-" }}
{{- else }}
{{- printf "%s-%s" .Release.Name (include "todo-k8s.name" .) | trunc 40 | trimSuffix "-" }}
{{- end }}
{{- end }}

{{- define "todo-k8s.labels" -}}
helm.sh/chart: {{ printf "%s-%s" .Chart.Name .Chart.Version | replace "+" "_" }}
app.kubernetes.io/name: {{ include "todo-k8s.name" . }}
app.kubernetes.io/instance: {{ .Release.Name }}
app.kubernetes.io/version: {{ .Chart.AppVersion | quote }}
app.kubernetes.io/managed-by: {{ .Release.Service }}
{{- end }}

{{- define "todo-k8s.serviceAccount" -}}
{{- if .Values.serviceAccount.create }}
{{- default (include "todo-k8s.fullname" .) .Values.serviceAccount.name }}
{{- else }}
{{- default "default" .Values.serviceAccount.name }}
{{- end }}
{{- end }}

{{- define "todo-k8s.image" -}}
{{- if .Values.image.digest }}
{{- printf "%s@%s" .Values.image.repository .Values.image.digest }}
{{- else }}
{{- printf "%s:%s" .Values.image.repository (default .Chart.AppVersion .Values.image.tag) }}
{{- end }}
{{- end }}

{{/* The namespaces that are looked at, one job for each; with allNamespaces one job that looks everywhere. */}}
{{- define "todo-k8s.targets" -}}
{{- if .Values.allNamespaces }}
{{- list "" | toJson }}
{{- else }}
{{- default (list .Release.Namespace) .Values.namespaces | uniq | toJson }}
{{- end }}
{{- end }}

{{/* Name of the job for one namespace. Called with (list $ namespace). A digest keeps long names apart. */}}
{{- define "todo-k8s.jobName" -}}
{{- $root := index . 0 -}}
{{- $full := include "todo-k8s.fullname" $root -}}
{{- if le (len (include "todo-k8s.targets" $root | fromJsonArray)) 1 }}
{{- $full }}
{{- else }}
{{- printf "%s-%s" $full (sha256sum (index . 1) | trunc 8) }}
{{- end }}
{{- end }}

{{/* The permissions for what runs, from the tool's own list: {role: […], clusterRole: […]}. */}}
{{- define "todo-k8s.rules" -}}
{{- $exec := ternary "exec" "no-exec" .Values.exec -}}
{{- $way := default "any" .Values.via -}}
{{- $all := .Files.Get "files/rules.yaml" | fromYaml -}}
{{- $rules := index $all .Values.command (printf "%s-%s" $exec $way) -}}
{{- range $target, $more := $all.publish }}
{{- if has $target $.Values.publish }}
{{- $rules = dict "role" (concat $rules.role $more) "clusterRole" $rules.clusterRole }}
{{- end }}
{{- end }}
{{- toYaml $rules }}
{{- end }}

{{/* Arguments of the program. Called with (list $ namespace). */}}
{{- define "todo-k8s.args" -}}
{{- $root := index . 0 -}}
{{- $values := $root.Values -}}
- {{ $values.command }}
{{- if $values.allNamespaces }}
- --all-namespaces
{{- else }}
- --namespace={{ index . 1 }}
{{- if gt (int $values.shards) 1 }}
- --all-releases
{{- end }}
{{- end }}
{{- if gt (int $values.shards) 1 }}
- --shard=$(JOB_COMPLETION_INDEX)/{{ int $values.shards }}
{{- end }}
{{- with $values.release }}
- --release={{ . }}
{{- end }}
{{- with $values.deployment }}
- --deployment={{ . }}
{{- end }}
{{- if $values.contract }}
- --contract=/etc/todo-k8s/contract.yaml
{{- end }}
{{- with $values.via }}
- --via={{ . }}
{{- end }}
{{- if not $values.exec }}
- --no-exec
{{- end }}
{{- if $values.strict }}
- --strict
{{- end }}
{{- with $values.wait }}
- --wait={{ . }}
{{- end }}
{{- with $values.skip }}
- --skip={{ join "," . }}
{{- end }}
{{- range $values.outputs }}
- --output={{ . }}
{{- end }}
{{- range $values.publish }}
- --publish={{ . }}
{{- end }}
{{- range $values.args }}
- {{ . | quote }}
{{- end }}
{{- end }}

{{/* The spec of a job for one namespace. Called with (list $ namespace). */}}
{{- define "todo-k8s.jobSpec" -}}
{{- $root := index . 0 -}}
{{- $values := $root.Values -}}
# What failed is told, not tried again: the next run is the next look.
{{- if gt (int $values.shards) 1 }}
completionMode: Indexed
completions: {{ int $values.shards }}
parallelism: {{ int $values.shards }}
# One that fails must not end the others.
backoffLimitPerIndex: 0
{{- else }}
backoffLimit: 0
{{- end }}
activeDeadlineSeconds: {{ $values.activeDeadlineSeconds }}
ttlSecondsAfterFinished: {{ $values.ttlSecondsAfterFinished }}
template:
  metadata:
    labels:
      {{- include "todo-k8s.labels" $root | nindent 6 }}
      {{- with $values.podLabels }}
      {{- toYaml . | nindent 6 }}
      {{- end }}
    {{- with $values.podAnnotations }}
    annotations:
      {{- toYaml . | nindent 6 }}
    {{- end }}
  spec:
    serviceAccountName: {{ include "todo-k8s.serviceAccount" $root }}
    automountServiceAccountToken: true
    restartPolicy: Never
    {{- with $values.imagePullSecrets }}
    imagePullSecrets:
      {{- toYaml . | nindent 6 }}
    {{- end }}
    {{- with $values.priorityClassName }}
    priorityClassName: {{ . }}
    {{- end }}
    securityContext:
      runAsNonRoot: true
      seccompProfile:
        type: RuntimeDefault
    containers:
      - name: todo-k8s
        image: {{ include "todo-k8s.image" $root }}
        imagePullPolicy: {{ $values.image.pullPolicy }}
        args:
          {{- include "todo-k8s.args" . | nindent 10 }}
        {{- with $values.env }}
        env:
          {{- toYaml . | nindent 10 }}
        {{- end }}
        resources:
          {{- toYaml $values.resources | nindent 10 }}
        securityContext:
          allowPrivilegeEscalation: false
          readOnlyRootFilesystem: true
          capabilities:
            drop:
              - ALL
        {{- if or $values.contract $values.volumeMounts }}
        volumeMounts:
          {{- if $values.contract }}
          - name: contract
            mountPath: /etc/todo-k8s
            readOnly: true
          {{- end }}
          {{- with $values.volumeMounts }}
          {{- toYaml . | nindent 10 }}
          {{- end }}
        {{- end }}
    {{- if or $values.contract $values.volumes }}
    volumes:
      {{- if $values.contract }}
      - name: contract
        configMap:
          name: {{ include "todo-k8s.fullname" $root }}-contract
      {{- end }}
      {{- with $values.volumes }}
      {{- toYaml . | nindent 6 }}
      {{- end }}
    {{- end }}
    {{- with $values.nodeSelector }}
    nodeSelector:
      {{- toYaml . | nindent 6 }}
    {{- end }}
    {{- with $values.tolerations }}
    tolerations:
      {{- toYaml . | nindent 6 }}
    {{- end }}
    {{- with $values.affinity }}
    affinity:
      {{- toYaml . | nindent 6 }}
    {{- end }}
{{- end }}
