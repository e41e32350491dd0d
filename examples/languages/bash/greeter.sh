#!/usr/bin/env bash
# Answers `greet` with `greeted`: a whole service with nothing but bash and curl. It cannot listen, so it reads its inbox.
export LC_ALL=C # bytes will do
edge="http://$EXOCOM_HOST:$EXOCOM_PORT/v1"

# What gives JSON its structure, behind whatever else: strings, brackets, commas, colons.
token='^([^]"{}[,:]*)("([^"\\]|\\.)*"|[]{}[,:])'

# The text of an object's member as it stands in the JSON, which is well-formed: the sidecar sees to that.
member() {
  local json=$1 key="\"$2\"" depth=0 last= value= found=
  while [[ $json =~ $token ]]; do
    local before=${BASH_REMATCH[1]} this=${BASH_REMATCH[2]}
    json=${json:${#BASH_REMATCH[0]}}
    [[ $this == ['{['] ]] && ((depth += 1))
    [[ $this == ['}]'] ]] && ((depth -= 1))
    if [[ $found ]]; then
      value+=$before
      ((depth == 0)) || [[ $depth$this == 1, ]] && break
      value+=$this
    elif [[ $depth$this == 1: && $last == "$key" ]]; then
      found=1
    fi
    last=$this
  done
  read -r value <<<"$value" # without the white space around it
  echo "$value"
}

post() { curl -sS --fail-with-body --data-binary @- "$edge/$1" <<<"$2"; }

# Sends the reply, if there is one, and settles the delivery.
handle() {
  local delivery=$1 message=$2 outcome=dead name reply
  name=$(member "$(member "$message" payload)" name)
  if [[ $(member "$message" name) == '"greet"' && $name == '"'*'"' ]]; then
    # What stands between the quotes of one JSON string may stand in another: no need to decode it.
    reply="{\"text\":\"Hello, ${name:1:-1}!\",\"language\":\"bash\"}"
    reply="{\"name\":\"greeted\",\"payload\":$reply,\"responseTo\":$(member "$message" id)}"
    [[ $(post send "$reply") == *'"activityId":'* ]] && outcome=done || outcome=retry
  fi
  post "settle/$delivery" "{\"outcome\":\"$outcome\"}"
}

# One message at a time. When the sidecar ends the inbox, nothing is left to do.
exec 3< <(exec curl -sSN --retry 9 --retry-connrefused "$edge/inbox?concurrency=1")
trap "kill $!; exit 0" TERM
while IFS= read -r line <&3; do
  case $line in
    retry:*) echo "greeter online" ;;
    id:*) delivery=${line#id: } ;;
    data:*) handle "$delivery" "${line#data: }" ;;
  esac
done
